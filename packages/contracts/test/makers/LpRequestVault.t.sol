// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC7540Deposit, IERC7540Operator, IERC7540Redeem} from "../../src/interfaces/IERC7540.sol";
import {IERC7575, IERC7575Share} from "../../src/interfaces/IERC7575.sol";
import {IKeeperErrors} from "../../src/interfaces/IKeeperErrors.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {LpClaims} from "../../src/makers/lp/LpClaims.sol";
import {LpModule} from "../../src/makers/lp/LpModule.sol";
import {LpVault} from "../../src/makers/lp/LpVault.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {SourceRegistry} from "../../src/oracle/SourceRegistry.sol";
import {ZeroAddress, ZeroAmount} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {Position} from "../../src/types/Position.sol";
import {LpClaimLib} from "../../src/types/LpRequest.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {QuoteVaultExchange} from "../utils/QuoteVaultExchange.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev What holds for the requests of every maker.
abstract contract LpRequestVaultSharedTest is LpRequestVaultTest {
    // ------------------------------------------------------------------------------------------------- lifecycle ----

    function test_Deposit_Lifecycle() public {
        uint256 assets = xcd(10e18);
        uint256 totalBefore = maker.totalAssets();
        token.mint(carol, assets);
        vm.expectEmit(address(requests));
        emit LpRequestVault.RequestTerms(1, 0, START + DELAY, START + DELAY + VALIDITY, KEEPER_FEE);
        vm.expectEmit(address(requests));
        emit IERC7540Deposit.DepositRequest(carol, carol, 1, carol, assets);
        vm.prank(carol);
        assertEq(requests.requestDeposit{value: KEEPER_FEE}(assets, carol, carol), 1);
        assertEq(token.balanceOf(carol), 0);
        assertEq(requests.pendingDepositRequest(1, carol), assets);
        assertEq(requests.claimableDepositRequest(1, carol), 0);
        assertEq(requests.pendingDepositRequest(1, dave), 0, "another controller's");
        assertEq(requests.pendingRedeemRequest(1, carol), 0, "the other side");
        assertEq(maker.totalAssets(), totalBefore, "pending assets are outside");

        vm.warp(START + DELAY);
        uint256 shares = (10e18 - feeOf(assets) * scale) * (maker.totalSupply() + 1e6) / (totalBefore * scale + 1e6);
        (uint256 met, uint256 quoted) = requests.quoteDeposit(assets);
        assertEq(met, assets);
        assertEq(quoted, shares, "the quote is what settles at the same price");
        vm.expectEmit(address(requests));
        emit LpRequestVault.RequestSettled(1, carol, true, assets, shares, 0, START_PRICE);
        assertEq(settleAt(START_PRICE), 1);
        assertEq(maker.totalAssets(), totalBefore + assets);
        assertEq(requests.pendingDepositRequest(1, carol), 0);
        assertEq(requests.claimableDepositRequest(1, carol), assets);
        assertEq(requests.maxDeposit(carol), assets);
        assertEq(requests.maxMint(carol), shares);
        assertEq(maker.balanceOf(carol), 0, "shares are pulled, not pushed");
        assertEq(keeper.balance, KEEPER_FEE);

        vm.expectEmit(address(requests));
        emit IERC7575.Deposit(carol, dave, assets, shares);
        vm.prank(carol);
        assertEq(requests.deposit(assets, dave), shares);
        assertEq(maker.balanceOf(dave), shares);
        assertEq(requests.maxDeposit(carol), 0);
        assertEq(requests.claimableDepositRequest(1, carol), 0);
    }

    function test_Redeem_Lifecycle() public {
        uint256 shares = enter(carol, xcd(10e18));
        uint256 worth = requests.convertToAssets(shares);
        vm.expectEmit(address(requests));
        emit IERC7540Redeem.RedeemRequest(dave, carol, 2, carol, shares);
        vm.prank(carol);
        requests.requestRedeem{value: KEEPER_FEE}(shares, dave, carol);
        assertEq(maker.balanceOf(carol), 0);
        assertEq(requests.pendingRedeemRequest(2, dave), shares);
        uint256 supply = maker.totalSupply();
        (uint256 met, uint256 quoted,) = requests.quoteRedeem(shares);
        assertEq(met, shares);
        settleAt(START_PRICE);
        assertEq(maker.totalSupply(), supply - shares, "burned");
        assertEq(requests.claimableRedeemRequest(2, dave), shares);
        assertEq(requests.maxRedeem(dave), shares);
        uint256 assets = requests.maxWithdraw(dave);
        assertEq(assets, quoted);
        assertApproxEqAbs(assets, worth - feeOf(worth), 10);
        assertEq(token.balanceOf(dave), 0, "assets are pulled, not pushed");
        vm.expectEmit(address(requests));
        emit IERC7575.Withdraw(dave, carol, dave, assets, shares);
        vm.prank(dave);
        assertEq(requests.redeem(shares, carol, dave), assets);
        assertEq(token.balanceOf(carol), assets);
    }

    /// @dev The price of the request is the first one at or after its time, whatever is stored or comes later.
    function test_Settle_AtTheUniqueFirstPrice() public {
        requestDeposit(carol, xcd(10e18));
        vm.warp(START + DELAY + 5);
        setPrice(3000e18);
        vm.expectEmit(true, true, false, false, address(requests));
        emit LpRequestVault.RequestSettled(1, carol, true, 0, 0, 0, 1500e18);
        bytes[][] memory updates = new bytes[][](1);
        // An update with another one of the window before it is refused.
        updates[0] = new bytes[](1);
        updates[0][0] = priceUpdate(1500e18, START + DELAY + 2, START + DELAY);
        vm.expectRevert();
        settleWith(updates);
        updates[0][0] = priceUpdate(1500e18, START + DELAY, START + DELAY - 1);
        settleWith(updates);
        // Nothing of the execution price is left.
        assertEq(oracle.isExecutor(address(requests)), true);
        (, bytes memory price) = address(oracle).staticcall(abi.encodeCall(oracle.getPrice, (market)));
        assertEq(abi.decode(price, (uint256)), 3000e18);
    }

    function test_RevertIf_NotYetExecutable() public {
        requestDeposit(carol, xcd(1e18));
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.NothingToSettle.selector, 1, 1));
        clearExpired();
        vm.warp(START + DELAY - 1);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, START + DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.NothingToSettle.selector, 1, 1));
        settleWith(updates);
    }

    function test_RevertIf_QueueIsEmpty() public {
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.NothingToSettle.selector, 1, 0));
        clearExpired();
    }

    // ----------------------------------------------------------------------------------------------------- claims ----

    /// @dev Claims of several requests are one pot; each request's own state follows, oldest first.
    function test_Claim_InParts() public {
        requestDeposit(carol, xcd(4e18));
        requestDeposit(carol, xcd(6e18));
        settleAt(START_PRICE);
        uint256 shares = requests.maxMint(carol);
        vm.startPrank(carol);
        uint256 first = requests.deposit(xcd(5e18), carol, carol);
        assertApproxEqAbs(first, shares / 2, 2);
        assertEq(requests.claimableDepositRequest(1, carol), 0);
        assertEq(requests.claimableDepositRequest(2, carol), xcd(5e18));
        assertEq(requests.maxDeposit(carol), xcd(5e18));
        requests.mint(shares / 4, carol);
        assertApproxEqAbs(requests.maxDeposit(carol), xcd(2.5e18), 2);
        uint256 rest = requests.maxMint(carol);
        requests.mint(rest, carol, carol);
        assertEq(requests.maxDeposit(carol), 0, "all shares take all assets");
        assertEq(maker.balanceOf(carol), shares);
        vm.stopPrank();
    }

    function testFuzz_Claim_PartsAddUp(uint256 seed, uint256 parts) public {
        enter(carol, xcd(10e18));
        requestRedeem(carol, maker.balanceOf(carol));
        settleAt(START_PRICE);
        uint256 assets = requests.maxWithdraw(carol);
        parts = boundCount(parts, 1, 8);
        vm.startPrank(carol);
        for (uint256 i = 1; i < parts; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 2 == 0) requests.redeem(boundShares(seed, 1, requests.maxRedeem(carol) / 2), carol, carol);
            else requests.withdraw(boundAmount(seed, 1, requests.maxWithdraw(carol) / 2), carol, carol);
        }
        requests.redeem(requests.maxRedeem(carol), carol, carol);
        vm.stopPrank();
        assertEq(token.balanceOf(carol), assets, "rounding left something behind");
        assertEq(requests.maxWithdraw(carol), 0);
    }

    function test_RevertIf_ClaimIsTooLarge() public {
        requestDeposit(carol, xcd(1e18));
        settleAt(START_PRICE);
        uint256 claimable = requests.maxDeposit(carol);
        vm.startPrank(carol);
        vm.expectRevert(abi.encodeWithSelector(LpClaimLib.ClaimTooLarge.selector, claimable + 1, claimable));
        requests.deposit(claimable + 1, carol);
        vm.expectRevert(abi.encodeWithSelector(LpClaimLib.ClaimTooLarge.selector, 1, 0));
        requests.redeem(1, carol, carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        requests.deposit(0, carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAddress.selector));
        requests.deposit(1, address(0));
        vm.stopPrank();
    }

    // -------------------------------------------------------------------------------------------------- authority ----

    function test_Operator_ActsForTheController() public {
        token.mint(carol, xcd(2e18));
        vm.expectEmit(address(requests));
        emit IERC7540Operator.OperatorSet(carol, dave, true);
        vm.prank(carol);
        assertTrue(requests.setOperator(dave, true));
        vm.prank(dave);
        requests.requestDeposit{value: KEEPER_FEE}(xcd(2e18), carol, carol);
        settleAt(START_PRICE);
        uint256 assets = requests.maxDeposit(carol);
        vm.startPrank(dave);
        uint256 shares = requests.deposit(assets, carol, carol);
        // No allowance is needed or used.
        requests.requestRedeem{value: KEEPER_FEE}(shares, carol, carol);
        vm.stopPrank();
        settleAt(START_PRICE);
        vm.prank(dave);
        requests.redeem(shares, dave, carol);
        assertGt(token.balanceOf(dave), 0);
    }

    function test_T19_RevertIf_NeitherControllerNorOperator() public {
        requestDeposit(carol, xcd(1e18));
        settleAt(START_PRICE);
        bytes memory refusal = abi.encodeWithSelector(LpClaims.NotOperator.selector, carol, dave);
        vm.startPrank(dave);
        vm.expectRevert(refusal);
        requests.deposit(1, dave, carol);
        vm.expectRevert(refusal);
        requests.mint(1, dave, carol);
        vm.expectRevert(refusal);
        requests.redeem(1, dave, carol);
        vm.expectRevert(refusal);
        requests.withdraw(1, dave, carol);
        vm.expectRevert(refusal);
        requests.requestDeposit{value: KEEPER_FEE}(1, dave, carol);
        vm.expectRevert(refusal);
        requests.cancelDepositRequest(1, carol);
        vm.expectRevert(refusal);
        requests.cancelRedeemRequest(1, carol);
        vm.expectRevert(refusal);
        requests.claimCancelDepositRequest(1, dave, carol);
        vm.expectRevert(refusal);
        requests.claimCancelRedeemRequest(1, dave, carol);
        vm.stopPrank();
    }

    /// @dev Like ERC-20's transferFrom: somebody else needs an allowance, and an infinite one is not used up.
    function test_RequestRedeem_ByAllowance() public {
        uint256 shares = enter(carol, xcd(10e18));
        vm.prank(dave);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, dave, 0, shares / 2));
        requests.requestRedeem{value: KEEPER_FEE}(shares / 2, dave, carol);
        vm.prank(carol);
        maker.approve(dave, shares / 2);
        vm.startPrank(dave);
        requests.requestRedeem{value: KEEPER_FEE}(shares / 2, dave, carol);
        assertEq(maker.allowance(carol, dave), 0);
        vm.stopPrank();
        assertEq(requests.pendingRedeemRequest(2, dave), shares / 2);
    }

    function test_T19_OnlyTheRequestVaultSettles() public {
        bytes memory refusal = abi.encodeWithSelector(ILpVault.NotRequestVault.selector, stranger, address(requests));
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        maker.settleDeposit(1, 0);
        vm.expectRevert(refusal);
        maker.settleRedeem(1, 0);
        vm.expectRevert(refusal);
        maker.takeShares(lp, stranger, 1);
        bytes memory notOwner = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger);
        vm.expectRevert(notOwner);
        maker.setRequestVault(stranger);
        vm.expectRevert(notOwner);
        maker.endWhitelist();
        vm.expectRevert(notOwner);
        maker.setLpRules(0, 0);
        vm.expectRevert(notOwner);
        requests.setRules(LpRequestVault.Rules(1, 1, 0));
        vm.stopPrank();
    }

    function test_SetRequests_OnceAndForTheRightShare() public {
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RequestVaultExists.selector, address(requests)));
        maker.setRequestVault(address(requests));
        ILpModule fresh = new FreshMaker(maker);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.WrongShare.selector, address(maker), address(fresh)));
        fresh.setRequestVault(address(requests));
        vm.expectRevert(abi.encodeWithSelector(ZeroAddress.selector));
        fresh.endWhitelist();
        vm.stopPrank();
    }

    // ------------------------------------------------------------------------------------------- rules and limits ----

    function test_RevertIf_RequestIsInvalid() public {
        token.mint(carol, xcd(10e18));
        vm.startPrank(carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        requests.requestDeposit{value: KEEPER_FEE}(0, carol, carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        requests.requestRedeem{value: KEEPER_FEE}(0, carol, carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAddress.selector));
        requests.requestDeposit{value: KEEPER_FEE}(1, address(0), carol);
        vm.expectRevert(abi.encodeWithSelector(IKeeperErrors.KeeperFeeTooLow.selector, KEEPER_FEE - 1, KEEPER_FEE));
        requests.requestDeposit{value: KEEPER_FEE - 1}(1, carol, carol);
        uint256 earliest = START + DELAY;
        uint256 latest = earliest + VALIDITY;
        // T6: what is included too late is refused here.
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.InvalidExpiry.selector, earliest - 1, earliest, latest));
        requests.requestDeposit{value: KEEPER_FEE}(1, carol, carol, 0, earliest - 1);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.InvalidExpiry.selector, latest + 1, earliest, latest));
        requests.requestDeposit{value: KEEPER_FEE}(1, carol, carol, 0, latest + 1);
        vm.stopPrank();
    }

    function test_SetRules_RevertIf_Invalid() public {
        vm.startPrank(owner());
        vm.expectRevert(
            abi.encodeWithSelector(LpRequestVault.InvalidRequestRules.selector, LpRequestVault.Rules(0, 1, 0))
        );
        requests.setRules(LpRequestVault.Rules(0, 1, 0));
        vm.expectRevert(
            abi.encodeWithSelector(LpRequestVault.InvalidRequestRules.selector, LpRequestVault.Rules(1, 0, 0))
        );
        requests.setRules(LpRequestVault.Rules(1, 0, 0));
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 10_001, 0, 10_000));
        maker.setLpRules(0, 10_001);
        vm.stopPrank();
        LpRequestVault unset = new LpRequestVault(maker, owner());
        vm.prank(carol);
        token.approve(address(unset), 1);
        token.mint(carol, 1);
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.NotConfigured.selector));
        unset.requestDeposit(1, carol, carol);
    }

    /// @dev A shortened delay does not let a later request overtake.
    function test_Requests_AreExecutableInTheirOrder() public {
        requestDeposit(carol, xcd(1e18));
        vm.prank(owner());
        requests.setRules(LpRequestVault.Rules(1, 60, 0));
        requestDeposit(dave, xcd(1e18));
        assertEq(stateOf(2).executableAt, stateOf(1).executableAt);
    }

    function test_DepositCap_MeetsARequestInPart() public {
        uint256 total = maker.totalAssets();
        vm.prank(owner());
        maker.setLpRules(uint128(total + xcd(4e18)), 500);
        vm.prank(lp);
        assertEq(maker.maxDeposit(lp), xcd(4e18));
        requestDeposit(carol, xcd(10e18), 9.9e18, 0);
        requestDeposit(dave, xcd(1e18));
        (uint256 met,) = requests.quoteDeposit(xcd(10e18));
        assertEq(met, xcd(4e18));
        vm.expectEmit(address(requests));
        emit LpRequestVault.RequestReturned(
            1, carol, xcd(6e18), abi.encodeWithSelector(LpRequestVault.MetInPart.selector, xcd(10e18), xcd(4e18))
        );
        vm.expectEmit(address(requests));
        emit LpRequestVault.RequestReturned(
            2, dave, xcd(1e18), abi.encodeWithSelector(ILpVault.LpDepositCapExceeded.selector, xcd(1e18), 0)
        );
        settleAt(START_PRICE);
        assertEq(requests.claimableDepositRequest(1, carol), xcd(4e18));
        assertEq(requests.claimableCancelDepositRequest(1, carol), xcd(6e18));
        assertFalse(requests.pendingCancelDepositRequest(1, carol));
        vm.prank(carol);
        requests.claimCancelDepositRequest(1, carol, carol);
        assertEq(token.balanceOf(carol), xcd(6e18));
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.NothingReturned.selector, 1, carol));
        requests.claimCancelDepositRequest(1, carol, carol);
        // The immediate path has the same limit.
        refreshPrice(START_PRICE);
        token.mint(lp, xcd(1e18));
        vm.prank(lp);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.LpDepositCapExceeded.selector, xcd(1e18), 0));
        maker.deposit(xcd(1e18));
    }

    // -------------------------------------------------------------------------------------- minimum, expiry, order ----

    function test_T6_MissedMinimumComesBack() public {
        setRequestFee(0);
        requestDeposit(carol, xcd(10e18), 10e18 + 1, 0);
        requestDeposit(dave, xcd(10e18), 10e18, 0);
        vm.expectEmit(address(requests));
        emit LpRequestVault.RequestReturned(
            1, carol, xcd(10e18), abi.encodeWithSelector(ILpVault.LessThanMinimum.selector, 10e18, 10e18 + 1)
        );
        assertEq(settleAt(START_PRICE), 2);
        assertEq(keeper.balance, 2 * KEEPER_FEE, "the keeper has done its work");
        assertEq(requests.maxDeposit(carol), 0);
        assertEq(requests.maxMint(dave), 10e18, "nobody else is held up");
        uint256 shares = claimShares(dave);
        requestRedeem(dave, shares, xcd(10e18) + 1, 0);
        settleAt(START_PRICE);
        assertEq(requests.claimableCancelRedeemRequest(3, dave), shares);
        assertFalse(requests.pendingCancelRedeemRequest(3, dave));
        vm.prank(dave);
        requests.claimCancelRedeemRequest(3, dave, dave);
        assertEq(maker.balanceOf(dave), shares);
        requestRedeem(dave, shares, xcd(10e18), 0);
        settleAt(START_PRICE);
        assertEq(claimAssets(dave), xcd(10e18));
    }

    function test_Expired_IsReturnedByAnyoneForTheFee() public {
        requestDeposit(carol, xcd(1e18), 0, START + DELAY + 10);
        vm.warp(START + DELAY + 11);
        vm.expectEmit(address(requests));
        emit LpRequestVault.RequestReturned(
            1,
            carol,
            xcd(1e18),
            abi.encodeWithSelector(LpRequestVault.RequestExpired.selector, START + DELAY + 11, START + DELAY + 10)
        );
        assertEq(clearExpired(), 1);
        assertEq(keeper.balance, KEEPER_FEE);
        assertEq(requests.claimableCancelDepositRequest(1, carol), xcd(1e18));
    }

    /// @dev Whoever could cancel earlier would choose among prices.
    function test_Cancel_AfterExpiryOnly() public {
        requestDeposit(carol, xcd(1e18));
        requestDeposit(dave, xcd(2e18));
        uint256 expiresAt = START + DELAY + VALIDITY;
        vm.warp(expiresAt);
        vm.prank(dave);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.RequestNotExpired.selector, expiresAt, expiresAt));
        requests.cancelDepositRequest(2, dave);
        vm.warp(expiresAt + 1);
        uint256 before = dave.balance;
        vm.prank(dave);
        requests.cancelDepositRequest(2, dave);
        assertEq(dave.balance, before + KEEPER_FEE);
        vm.startPrank(dave);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.NotPending.selector, 2, dave));
        requests.cancelDepositRequest(2, dave);
        requests.claimCancelDepositRequest(2, dave, dave);
        vm.stopPrank();
        assertEq(token.balanceOf(dave), xcd(2e18));
        // The queue passes over it.
        assertEq(clearExpired(), 1);
        assertEq(requests.head(), 3);
    }

    /// @dev Nobody settled the head in time: what comes after it is settled in the same call.
    function test_ExpiredHead_BlocksNobody() public {
        requestDeposit(carol, xcd(1e18), 0, START + DELAY + 1);
        skip(1);
        requestDeposit(dave, xcd(2e18));
        vm.warp(START + DELAY + 2);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, START + DELAY + 1);
        assertEq(settleWith(updates), 2);
        assertEq(requests.claimableCancelDepositRequest(1, carol), xcd(1e18));
        assertEq(requests.claimableDepositRequest(2, dave), xcd(2e18));
    }

    /// @dev First in, first out: a later request cannot be settled before an earlier one that is alive.
    function test_Settle_InOrder() public {
        requestDeposit(carol, xcd(1e18));
        skip(2);
        requestDeposit(dave, xcd(2e18));
        vm.warp(START + DELAY + 10);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, START + DELAY + 2);
        updates[0][0] = priceUpdate(START_PRICE, START + DELAY + 2, START + DELAY + 1);
        // Not the head's first price: there was one before it.
        vm.expectRevert();
        settleWith(updates);
        updates = new bytes[][](2);
        updates[0] = firstUpdate(START_PRICE, START + DELAY);
        updates[1] = firstUpdate(2100e18, START + DELAY + 2);
        vm.expectEmit(true, true, false, false, address(requests));
        emit LpRequestVault.RequestSettled(1, carol, true, 0, 0, 0, 0);
        vm.expectEmit(true, true, false, false, address(requests));
        emit LpRequestVault.RequestSettled(2, dave, true, 0, 0, 0, 0);
        assertEq(settleWith(updates), 2);
    }

    /// @dev T25: a bad update in the middle stops the batch there and keeps what was done.
    function test_T25_BadUpdateSpoilsNothingBeforeIt() public {
        requestDeposit(carol, xcd(1e18));
        skip(2);
        requestDeposit(dave, xcd(2e18));
        vm.warp(START + DELAY + 10);
        bytes[][] memory updates = new bytes[][](2);
        updates[0] = firstUpdate(START_PRICE, START + DELAY);
        updates[1] = firstUpdate(START_PRICE, START + DELAY);
        assertEq(settleWith(updates), 1);
        assertEq(requests.head(), 2);
        assertEq(requests.pendingDepositRequest(2, dave), xcd(2e18));
        updates[0] = new bytes[](1);
        updates[0][0] = "not an update";
        vm.expectRevert();
        settleWith(updates);
    }

    /// @dev After an outage of the price source one price settles all that waited for it.
    function test_Settle_AfterAPriceGap() public {
        requestDeposit(carol, xcd(1e18));
        skip(5);
        requestDeposit(dave, xcd(2e18));
        vm.warp(START + 40);
        bytes[][] memory updates = new bytes[][](2);
        updates[0] = new bytes[](1);
        updates[0][0] = priceUpdate(1900e18, START + 40, START + 1);
        updates[1] = updates[0];
        assertEq(settleWith(updates), 2);
    }

    function test_MaxRequests_BoundsTheBatch() public {
        requestDeposit(carol, xcd(1e18));
        requestDeposit(dave, xcd(1e18));
        vm.warp(START + DELAY);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, START + DELAY);
        vm.prank(keeper);
        assertEq(requests.settle(updates, 1), 1);
        assertEq(settleWith(updates), 1);
    }

    /// @dev T28: a price that cannot be read says nothing about the request. LpStanding.t.sol has the other reasons.
    function test_T28_UnreadablePrice_LeavesTheRequest() public {
        bytes memory reason = abi.encodeWithSelector(SourceRegistry.UnknownFeed.selector, market);
        requestDeposit(carol, xcd(1e18));
        bytes memory before = abi.encode(stateOf(1));
        vm.warp(START + DELAY);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, START + DELAY);
        vm.mockCallRevert(address(oracle), abi.encodeCall(oracle.checkIncrease, (market)), reason);
        vm.expectRevert(reason);
        settleWith(updates);
        assertEq(abi.encode(stateOf(1)), before);
        vm.clearMockedCalls();
        assertEq(settleWith(updates), 1);
    }

    /// @dev Claims and refunds work in every status.
    function test_PausedMarket_ClaimsGoOut() public {
        requestDeposit(carol, xcd(1e18));
        requestDeposit(dave, xcd(1e18), 2e18, 0);
        settleAt(START_PRICE);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        assertGt(claimShares(carol), 0);
        vm.prank(dave);
        requests.claimCancelDepositRequest(2, dave, dave);
        assertEq(token.balanceOf(dave), xcd(1e18));
    }

    // ----------------------------------------------------------------------------------------------------- keeper ----

    function test_SourceFee_FromTheAttachedValue() public {
        requestDeposit(carol, xcd(1e18));
        vm.warp(START + DELAY);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, START + DELAY);
        vm.deal(keeper, 10);
        uint256 float = address(oracle).balance;
        vm.prank(keeper);
        requests.settle{value: 10}(updates, 10);
        assertEq(address(oracle).balance, float);
        assertEq(keeper.balance, 9 + KEEPER_FEE);
        assertEq(address(requests).balance, 0);
    }

    /// @dev T28: starved of gas, the request is left as it was.
    function test_T28_StarvedOfGasNothingHappens() public {
        requestDeposit(carol, xcd(1e18));
        vm.warp(START + DELAY);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, START + DELAY);
        bytes memory call = abi.encodeCall(LpRequestVault.settle, (updates, 10));
        for (uint256 gasLimit = 100_000; gasLimit < 1_100_000; gasLimit += 50_000) {
            vm.prank(keeper);
            (bool done,) = address(requests).call{gas: gasLimit}(call);
            assertFalse(done && requests.pendingDepositRequest(1, carol) == 0 && requests.maxDeposit(carol) == 0);
            if (done) break;
        }
    }

    /// @dev T28: a keeper that holds the lock would make the maker refuse everything.
    function test_T28_RevertIf_Locked() public {
        requestDeposit(carol, xcd(1e18));
        vm.warp(START + DELAY);
        vm.startPrank(keeper);
        vault.lock();
        vm.expectRevert(abi.encodeWithSelector(IVault.Locked.selector, keeper));
        requests.settle(new bytes[][](0), 10);
        vault.unlock();
        vm.stopPrank();
    }

    /// @dev Without its role the price cannot be carried: requests expire and come back.
    function test_RevokedExecutor_NothingIsStuck() public {
        vm.prank(owner());
        oracle.setExecutor(address(requests), false);
        requestDeposit(carol, xcd(1e18));
        vm.warp(START + DELAY);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = firstUpdate(START_PRICE, START + DELAY);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NotExecutor.selector, address(requests)));
        settleWith(updates);
        vm.warp(START + DELAY + VALIDITY + 1);
        vm.startPrank(carol);
        requests.cancelDepositRequest(1, carol);
        requests.claimCancelDepositRequest(1, carol, carol);
        vm.stopPrank();
        assertEq(token.balanceOf(carol), xcd(1e18));
    }

    // ------------------------------------------------------------------------------------------- what the ERCs say ----

    function test_InterfaceIds() public view {
        assertEq(type(IERC7540Operator).interfaceId, bytes4(0xe3bc4e65));
        bytes4[8] memory ids =
            [bytes4(0x01ffc9a7), 0xe3bc4e65, 0xce3bbe50, 0x620ee8e4, 0x2f0a18c5, 0x8bf840e3, 0xe76cffc7, 0x01ffc9a7];
        for (uint256 i = 0; i < ids.length; ++i) {
            assertTrue(requests.supportsInterface(ids[i]), vm.toString(abi.encodePacked(ids[i])));
        }
        assertFalse(requests.supportsInterface(0xffffffff));
        assertTrue(LpVault(address(maker)).supportsInterface(0xf815c03d));
        assertTrue(LpVault(address(maker)).supportsInterface(type(IERC165).interfaceId));
        assertFalse(LpVault(address(maker)).supportsInterface(0xffffffff));
        assertEq(requests.share(), address(maker));
        assertEq(requests.asset(), address(token));
        assertEq(IERC7575Share(address(maker)).vault(address(token)), address(requests));
        assertEq(IERC7575Share(address(maker)).vault(address(maker)), address(0));
    }

    function test_Previews_Revert() public {
        bytes memory refusal = abi.encodeWithSelector(LpClaims.NoPreview.selector, address(maker));
        vm.expectRevert(refusal);
        requests.previewDeposit(0);
        vm.expectRevert(refusal);
        requests.previewMint(1);
        vm.expectRevert(refusal);
        requests.previewRedeem(1);
        vm.expectRevert(refusal);
        requests.previewWithdraw(1);
    }

    function test_Conversions_AreTheMakers() public view {
        assertEq(requests.totalAssets(), maker.totalAssets());
        assertEq(requests.convertToShares(xcd(5e18)), 5e18);
        assertEq(requests.convertToAssets(5e18), xcd(5e18));
    }

    /// @dev Views of single requests do not revert, whatever they are asked.
    function testFuzz_RequestViews_DoNotRevert(uint256 requestId, address controller) public view {
        assertEq(requests.pendingDepositRequest(requestId, controller), 0);
        assertEq(requests.claimableDepositRequest(requestId, controller), 0);
        assertEq(requests.pendingRedeemRequest(requestId, controller), 0);
        assertEq(requests.claimableRedeemRequest(requestId, controller), 0);
        assertEq(requests.claimableCancelDepositRequest(requestId, controller), 0);
        assertEq(requests.claimableCancelRedeemRequest(requestId, controller), 0);
    }
}

/// @dev Another share, to which a request vault does not belong.
contract FreshMaker is LpModule, IMaker {
    constructor(ILpModule other)
        LpVault("Fresh", "F", msg.sender, other.clearingHouse(), other.marketId(), other.asset())
    {}

    function _totalAssets(Valuation memory) internal pure override returns (int256) {}
    function _needsPrice(Valuation memory, bool) internal pure override returns (bool) {}
    function _entitlement(Valuation memory, uint256) internal pure override returns (uint256, uint256) {}
    function _payableXCD(Valuation memory) internal pure override returns (uint256) {}
    function _takeIn(uint256) internal pure override returns (uint256) {}
    function _payOut(Valuation memory, Payout memory, address) internal pure override {}

    function fillOrder(bool, bool, uint256, bytes calldata) external returns (uint256, bytes memory) {}
    function fillOrderCallback(bytes calldata) external {}
    function getUtilRatio() external pure returns (uint256, uint256) {}

    function requiredBand() external pure returns (uint256) {
        return 0;
    }

    function isSpotHedged() external pure returns (bool) {}
    function getCapacity() external pure returns (uint256, uint256) {}
    function onPositionForced(int256, int256, uint256) external {}
}

contract OracleMakerRequestsTest is LpRequestVaultSharedTest {
    function makerUnderTest() internal view override returns (ILpModule, LpRequestVault, TestToken) {
        return (om, omRequests, usd);
    }

    /// @dev The whole of what is free goes out, the rest of the shares comes back.
    function test_Redeem_MetInPart() public {
        vm.startPrank(lp);
        uint256 shares = om.balanceOf(lp);
        vm.stopPrank();
        addMargin(alice, 900_000 * USD);
        buy(alice, address(om), 490e18);
        vm.deal(lp, 1 ether);
        requestRedeem(lp, shares);
        (uint256 met, uint256 assets,) = requests.quoteRedeem(shares);
        assertLt(met, shares);
        settleAt(START_PRICE);
        assertEq(requests.claimableRedeemRequest(1, lp), met);
        assertEq(requests.claimableCancelRedeemRequest(1, lp), shares - met);
        assertEq(claimAssets(lp), assets);
        // A tenth of the position stays, and the exit fee. Unrealised profit is not paid out.
        refreshPrice(START_PRICE);
        assertGe(marginOf(address(om)), 490 * 2000e18 / 10);
        assertApproxEqAbs(marginOf(address(om)), 490 * 2000e18 / 10, 500e18);
    }

    /// @dev A part does as well as the whole must have done, or comes back.
    function test_T6_MinimumHoldsForAPart() public {
        setRequestFee(0);
        addMargin(alice, 900_000 * USD);
        buy(alice, address(om), 490e18);
        uint256 shares = om.balanceOf(lp);
        vm.deal(lp, 1 ether);
        uint256 worth = requests.convertToAssets(shares);
        requestRedeem(lp, shares, worth * 1001 / 1000, 0);
        settleAt(START_PRICE);
        assertEq(requests.claimableCancelRedeemRequest(1, lp), shares);
        vm.prank(lp);
        requests.claimCancelRedeemRequest(1, lp, lp);
        requestRedeem(lp, shares, worth - 1000, 0);
        settleAt(START_PRICE);
        assertGt(requests.maxRedeem(lp), 0);
    }

    /// @dev A share that is worth next to nothing: more shares than the queue can book come back instead of blocking it.
    function test_WorthlessShares_ComeBack() public {
        Position memory position;
        vm.mockCall(
            address(vault), abi.encodeCall(vault.valuePosition, (market, address(om))), abi.encode(position, 0, 1)
        );
        requestDeposit(carol, 1_000_000 * USD);
        requestDeposit(dave, 1 * USD / 1000);
        settleAt(START_PRICE);
        vm.clearMockedCalls();
        assertEq(requests.claimableCancelDepositRequest(1, carol), 1_000_000 * USD);
        assertGt(requests.maxMint(dave), 0);
    }

    function test_Insolvent_RequestsComeBack() public {
        addMargin(alice, 900_000 * USD);
        buy(alice, address(om), 490e18);
        requestDeposit(carol, 1000 * USD);
        vm.deal(lp, 1 ether);
        requestRedeem(lp, 1e18);
        settleAt(5000e18);
        assertEq(requests.claimableCancelDepositRequest(1, carol), 1000 * USD);
        assertEq(requests.claimableCancelRedeemRequest(2, lp), 1e18);
    }
}

contract SpotHedgeBaseMakerRequestsTest is LpRequestVaultSharedTest {
    function makerUnderTest() internal view override returns (ILpModule, LpRequestVault, TestToken) {
        return (shb, shbRequests, weth);
    }

    function test_Redeem_MetInPart() public {
        addMargin(alice, 900_000 * USD);
        sell(alice, address(shb), 60e18);
        uint256 shares = shb.balanceOf(lp);
        vm.deal(lp, 1 ether);
        requestRedeem(lp, shares);
        settleAt(START_PRICE);
        uint256 met = requests.maxRedeem(lp);
        assertLt(met, shares);
        assertEq(requests.claimableCancelRedeemRequest(1, lp), shares - met);
        assertApproxEqAbs(claimAssets(lp), 40e18, 0.03e18, "what the vault held");
        assertLt(shb.assetBalance(), 0.03e18, "the exit fee stays");
        // Against the rest of them the vault holds margin only.
        setRequestFee(0);
        vm.prank(lp);
        requests.claimCancelRedeemRequest(1, lp, lp);
        requestRedeem(lp, shares - met);
        settleAt(START_PRICE);
        assertLt(shb.assetBalance(), 2);
        uint256 rest = requests.claimableCancelRedeemRequest(2, lp);
        vm.prank(lp);
        requests.claimCancelRedeemRequest(2, lp, lp);
        requestRedeem(lp, rest);
        settleAt(START_PRICE);
        assertGe(requests.claimableCancelRedeemRequest(3, lp) + 10, rest, "comes back");
    }

    /// @dev A flat vault that holds quote pays in kind; the quote comes with the claim and counts for the minimum.
    function test_Redeem_FlatVaultPaysInKind() public {
        _earnQuote();
        uint256 quoteBefore = uint256(marginOf(address(shb))) / 1e12;
        assertGt(quoteBefore, 0);
        uint256 shares = shb.balanceOf(lp) / 4;
        vm.deal(lp, 1 ether);
        setRequestFee(0);
        uint256 held = shb.assetBalance();
        uint256 quote = quoteBefore * shares / shb.totalSupply();
        uint256 base = held * shares / shb.totalSupply();
        // The base alone would miss this minimum.
        requestRedeem(lp, shares, base + 1, 0);
        settleAt(START_PRICE);
        assertEq(requests.maxWithdraw(lp), base);
        assertEq(requests.claimableQuote(lp), quote);
        uint256 usdBefore = usd.balanceOf(lp);
        vm.prank(lp);
        requests.redeem(shares / 2, lp, lp);
        assertApproxEqAbs(usd.balanceOf(lp) - usdBefore, quote / 2, 1);
        claimAssets(lp);
        assertEq(usd.balanceOf(lp) - usdBefore, quote);
        assertEq(weth.balanceOf(lp), base);
    }

    function _earnQuote() private {
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.spread = 5000;
        vm.prank(owner());
        shb.setParameters(p);
        addMargin(alice, 900_000 * USD);
        sell(alice, address(shb), 40e18);
        buy(alice, address(shb), 40e18);
    }
}

contract SpotHedgeQuoteMakerRequestsTest is QuoteVaultExchange, LpRequestVaultSharedTest {
    function config() internal override(ExchangeTest, QuoteVaultExchange) returns (DeployConfig memory) {
        return super.config();
    }

    function setUp() public override(QuoteVaultExchange, LpRequestVaultTest) {
        super.setUp();
    }

    function makerUnderTest() internal view override returns (ILpModule, LpRequestVault, TestToken) {
        return (shq, shqRequests, usd);
    }
}
