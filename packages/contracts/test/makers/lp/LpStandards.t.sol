// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC7540Deposit, IERC7540Operator, IERC7540Redeem} from "../../../src/interfaces/IERC7540.sol";
import {IERC7575} from "../../../src/interfaces/IERC7575.sol";
import {ILpClaimErrors} from "../../../src/interfaces/ILpClaimErrors.sol";
import {LpClaimLib} from "../../../src/types/LpRequest.sol";
import {LpAggregateVaultTest} from "../../utils/LpAggregateVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

interface IAsyncVault is IERC7575, IERC7540Deposit, IERC7540Redeem, IERC7540Operator {}

/// @dev The requirements of ERC-7540, ERC-7575 and the clauses of ERC-4626 that stay in force, for both vaults of a share:
/// properties of claims and views at any state, and the life of a request from its creation to its claim.
abstract contract LpStandardsSuite is LpAggregateVaultTest {
    uint256 private constant START_ASSETS = 10e18;

    IAsyncVault internal vault7540;
    /// @dev Attached to requests, wei.
    uint256 internal value;

    bool private immutable isAggregate;

    constructor(MakerKind kind_, bool isAggregate_) LpAggregateVaultTest(kind_) {
        isAggregate = isAggregate_;
    }

    /// @dev The aggregate vault takes requests without ether.
    function setUp() public override {
        super.setUp();
        vm.prank(owner());
        maker.setLpRules(type(uint128).max, 500);
        vault7540 = IAsyncVault(isAggregate ? address(aggregate) : address(requests));
        if (!isAggregate) value = KEEPER_FEE;
    }

    // ----------------------------------------------------------------------------------------- ERC-7540: properties ----

    /// @dev Of the share: up to one unit for the virtual share, at any price and age of it.
    function testFuzz_WholeSupply_IsWorthAllAssets(uint256 price, uint256 age) public {
        _enter(carol, START_ASSETS);
        openPosition(100_000, 5e18);
        skip(1);
        setPrice(boundPrice(price, 1_700e18, 2_300e18));
        skip(boundTime(age, 10 days));
        uint256 supply = maker.totalSupply();
        uint256 assets = vault7540.totalAssets();
        assertApproxEqAbs(vault7540.convertToAssets(supply), assets, 1 + assets / 1e15);
        assertApproxEqRel(vault7540.convertToShares(assets), supply, 1e12);
    }

    function testFuzz_Max_NeverReverts(address account, uint256 age) public {
        _requestDeposit(carol, START_ASSETS);
        skip(boundTime(age, 400 days));
        vault7540.maxDeposit(account);
        vault7540.maxMint(account);
        vault7540.maxRedeem(account);
        vault7540.maxWithdraw(account);
        vault7540.totalAssets();
        vault7540.convertToAssets(1e18);
        vault7540.convertToShares(1e6);
    }

    function testFuzz_RevertIf_ClaimExceedsTheMaximum(uint256 excess) public {
        excess = boundAmount(excess, 1, type(uint128).max);
        _claimable(carol);
        uint256 most = vault7540.maxDeposit(carol);
        vm.startPrank(carol);
        _expectTooLarge(most, excess);
        vault7540.deposit(most + excess, carol);
        most = vault7540.maxMint(carol);
        _expectTooLarge(most, excess);
        vault7540.mint(most + excess, carol, carol);
        most = vault7540.maxRedeem(carol);
        _expectTooLarge(most, excess);
        vault7540.redeem(most + excess, carol, carol);
        most = vault7540.maxWithdraw(carol);
        _expectTooLarge(most, excess);
        vault7540.withdraw(most + excess, carol, carol);
        vm.stopPrank();
    }

    function testFuzz_RevertIf_RequestExceedsTheBalance(uint256 excess) public {
        uint256 shares = _enter(carol, START_ASSETS);
        excess = boundShares(excess, 1, 1e30);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, carol, shares, shares + excess)
        );
        vm.prank(carol);
        vault7540.requestRedeem{value: value}(shares + excess, carol, carol);
    }

    function testFuzz_RevertIf_Previewed(uint256 amount) public {
        bytes memory refusal = abi.encodeWithSelector(ILpClaimErrors.NoPreview.selector, address(maker));
        vm.expectRevert(refusal);
        vault7540.previewDeposit(amount);
        vm.expectRevert(refusal);
        vault7540.previewMint(amount);
        vm.expectRevert(refusal);
        vault7540.previewRedeem(amount);
        vm.expectRevert(refusal);
        vault7540.previewWithdraw(amount);
    }

    function testFuzz_ClaimsOfTheMaximum_LeaveNothing(uint256 assets, bool byOutput) public {
        assets = boundAmount(assets, 1e15, 10e18);
        _requestDeposit(carol, assets);
        settleAt(START_PRICE);
        vm.startPrank(carol);
        if (byOutput) vault7540.mint(vault7540.maxMint(carol), carol);
        else vault7540.deposit(vault7540.maxDeposit(carol), carol);
        vm.stopPrank();
        assertEq(vault7540.maxDeposit(carol) + vault7540.maxMint(carol), 0);
        uint256 shares = maker.balanceOf(carol);
        refreshPrice(START_PRICE);
        _requestRedeem(carol, shares);
        settleAt(START_PRICE);
        vm.startPrank(carol);
        if (byOutput) vault7540.withdraw(vault7540.maxWithdraw(carol), carol, carol);
        else vault7540.redeem(vault7540.maxRedeem(carol), carol, carol);
        vm.stopPrank();
        assertEq(vault7540.maxRedeem(carol) + vault7540.maxWithdraw(carol), 0);
        assertLe(token.balanceOf(carol), xcd(assets), "no round trip gains");
    }

    // -------------------------------------------------------------------------------------------- ERC-4626: clauses ----

    function testFuzz_Conversions_RoundDownForEveryCaller(uint256 amount, address caller) public {
        _enter(carol, START_ASSETS);
        amount = boundAmount(amount, 0, 1e30);
        uint256 shares = vault7540.convertToShares(amount);
        uint256 assets = vault7540.convertToAssets(amount);
        assertLe(vault7540.convertToAssets(shares), amount);
        assertLe(vault7540.convertToShares(assets), amount);
        vm.startPrank(caller);
        assertEq(vault7540.convertToShares(amount), shares);
        assertEq(vault7540.convertToAssets(amount), assets);
        vm.stopPrank();
        assertEq(vault7540.convertToShares(0) + vault7540.convertToAssets(0), 0);
    }

    /// @dev Parts are never worth more than the whole.
    function testFuzz_ClaimsInParts_PayNoMore(uint256 part) public {
        _claimable(carol);
        (uint256 allShares, uint256 allAssets) = (vault7540.maxMint(carol), vault7540.maxWithdraw(carol));
        uint256 inputs = vault7540.maxDeposit(carol);
        uint256 first = boundAmountXCD(part, 1, inputs - 1);
        vm.startPrank(carol);
        uint256 shares = vault7540.deposit(first, carol);
        assertLe(shares, allShares * first / inputs);
        shares += vault7540.deposit(inputs - first, carol);
        assertEq(shares, allShares);
        inputs = vault7540.maxRedeem(carol);
        first = boundShares(part, 1, inputs - 1);
        uint256 assets = vault7540.redeem(first, carol, carol);
        assertLe(assets, allAssets * first / inputs + 1);
        assets += vault7540.redeem(inputs - first, carol, carol);
        assertEq(assets, allAssets);
        vm.stopPrank();
    }

    function test_Claims_GoToTheReceiverWithTheirEvents() public {
        _claimable(carol);
        (uint256 assets, uint256 shares) = (vault7540.maxDeposit(carol), vault7540.maxMint(carol));
        vm.expectEmit(address(vault7540));
        emit IERC7575.Deposit(carol, erin, assets, shares);
        vm.prank(carol);
        assertEq(vault7540.deposit(assets, erin), shares);
        assertEq(maker.balanceOf(erin), shares);
        (shares, assets) = (vault7540.maxRedeem(carol), vault7540.maxWithdraw(carol));
        vm.expectEmit(address(vault7540));
        emit IERC7575.Withdraw(carol, erin, carol, assets, shares);
        vm.prank(carol);
        assertEq(vault7540.redeem(shares, erin, carol), assets);
        assertEq(token.balanceOf(erin), assets);
    }

    // --------------------------------------------------------------------------------- ERC-7540: life of a request ----

    function testFuzz_Deposit_PendingThenClaimableThenClaimed(uint256 amount) public {
        uint256 assets = xcd(boundAmount(amount, 1e15, 10e18));
        token.mint(carol, assets);
        vm.prank(carol);
        uint256 id = vault7540.requestDeposit{value: value}(assets, dave, carol);
        assertEq(token.balanceOf(carol), 0, "taken at the request");
        _checkDeposit(id, assets, 0);
        settleAt(START_PRICE);
        _checkDeposit(id, 0, assets);
        assertEq(maker.balanceOf(dave), 0, "never pushed");
        uint256 shares = vault7540.maxMint(dave);
        vm.prank(dave);
        vault7540.mint(shares, dave);
        _checkDeposit(id, 0, 0);
        assertEq(maker.balanceOf(dave), shares);
    }

    function testFuzz_Redeem_PendingThenClaimableThenClaimed(uint256 part) public {
        uint256 shares = boundShares(part, 1e15, _enter(carol, START_ASSETS));
        uint256 held = maker.balanceOf(carol);
        vm.prank(carol);
        uint256 id = vault7540.requestRedeem{value: value}(shares, dave, carol);
        assertEq(held - maker.balanceOf(carol), shares);
        _checkRedeem(id, shares, 0);
        settleAt(START_PRICE);
        _checkRedeem(id, 0, shares);
        assertEq(token.balanceOf(dave), 0, "never pushed");
        uint256 assets = vault7540.maxWithdraw(dave);
        vm.prank(dave);
        vault7540.withdraw(assets, dave, dave);
        _checkRedeem(id, 0, 0);
        assertEq(token.balanceOf(dave), assets);
    }

    /// @dev An operator requests for the owner and claims for the controller, until its approval ends.
    function test_Operator_ActsForItsController() public {
        uint256 assets = xcd(START_ASSETS);
        token.mint(carol, assets);
        vm.deal(erin, 1 ether);
        vm.prank(erin);
        aggregate.prepay{value: 0.5 ether}(erin);
        vm.prank(erin);
        vm.expectRevert(abi.encodeWithSelector(ILpClaimErrors.NotOperator.selector, carol, erin));
        vault7540.requestDeposit{value: value}(assets, carol, carol);
        vm.prank(carol);
        assertTrue(vault7540.setOperator(erin, true));
        vm.prank(erin);
        vault7540.requestDeposit{value: value}(assets, carol, carol);
        settleAt(START_PRICE);
        vm.prank(erin);
        uint256 shares = vault7540.deposit(assets, carol, carol);
        refreshPrice(START_PRICE);
        vm.prank(erin);
        vault7540.requestRedeem{value: value}(shares, carol, carol);
        settleAt(START_PRICE);
        vm.prank(carol);
        vault7540.setOperator(erin, false);
        vm.prank(erin);
        vm.expectRevert(abi.encodeWithSelector(ILpClaimErrors.NotOperator.selector, carol, erin));
        vault7540.redeem(shares, carol, carol);
        vm.prank(carol);
        vault7540.redeem(shares, carol, carol);
    }

    /// @dev Amounts of one controller do not move those of another.
    function testFuzz_Controllers_AreApart(uint256 ofCarol, uint256 ofDave) public {
        uint256 first = xcd(boundAmount(ofCarol, 1e15, 10e18));
        uint256 second = xcd(boundAmount(ofDave, 1e15, 10e18));
        _requestDeposit(carol, first * scale);
        _requestDeposit(dave, second * scale);
        settleAt(START_PRICE);
        assertEq(vault7540.maxDeposit(carol), first);
        assertEq(vault7540.maxDeposit(dave), second);
        vm.startPrank(carol);
        vault7540.deposit(first, carol);
        vm.expectRevert(abi.encodeWithSelector(LpClaimLib.ClaimTooLarge.selector, 1, 0));
        vault7540.deposit(1, carol);
        vm.stopPrank();
        assertEq(vault7540.maxDeposit(dave), second);
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _requestDeposit(address account, uint256 assets) private {
        token.mint(account, xcd(assets));
        vm.prank(account);
        vault7540.requestDeposit{value: value}(xcd(assets), account, account);
    }

    function _requestRedeem(address account, uint256 shares) private {
        vm.prank(account);
        vault7540.requestRedeem{value: value}(shares, account, account);
    }

    function _enter(address account, uint256 assets) private returns (uint256 shares) {
        _requestDeposit(account, assets);
        settleAt(START_PRICE);
        shares = vault7540.maxMint(account);
        vm.prank(account);
        vault7540.mint(shares, account);
        refreshPrice(START_PRICE);
    }

    /// @dev Shares and assets to claim.
    function _claimable(address account) private {
        _requestRedeem(account, _enter(account, START_ASSETS) / 3);
        _requestDeposit(account, START_ASSETS / 7);
        settleAt(START_PRICE);
    }

    function _expectTooLarge(uint256 most, uint256 excess) private {
        vm.expectRevert(abi.encodeWithSelector(LpClaimLib.ClaimTooLarge.selector, most + excess, most));
    }

    function _checkDeposit(uint256 id, uint256 pending, uint256 claimable) private view {
        assertEq(vault7540.pendingDepositRequest(id, dave), pending, "pending");
        assertEq(vault7540.claimableDepositRequest(id, dave), claimable, "claimable");
        assertEq(vault7540.maxDeposit(dave), claimable, "maximum");
        assertEq(vault7540.pendingDepositRequest(id, carol) + vault7540.claimableDepositRequest(id, carol), 0);
    }

    function _checkRedeem(uint256 id, uint256 pending, uint256 claimable) private view {
        assertEq(vault7540.pendingRedeemRequest(id, dave), pending, "pending");
        assertEq(vault7540.claimableRedeemRequest(id, dave), claimable, "claimable");
        assertEq(vault7540.maxRedeem(dave), claimable, "maximum");
        assertEq(vault7540.pendingRedeemRequest(id, carol) + vault7540.claimableRedeemRequest(id, carol), 0);
    }
}

contract OracleMakerRequestStandardsTest is LpStandardsSuite(MakerKind.Oracle, false) {}

contract SpotHedgeBaseMakerRequestStandardsTest is LpStandardsSuite(MakerKind.SpotHedgeBase, false) {}

contract SpotHedgeQuoteMakerRequestStandardsTest is LpStandardsSuite(MakerKind.SpotHedgeQuote, false) {}

contract OracleMakerAggregateStandardsTest is LpStandardsSuite(MakerKind.Oracle, true) {}

contract SpotHedgeBaseMakerAggregateStandardsTest is LpStandardsSuite(MakerKind.SpotHedgeBase, true) {}

contract SpotHedgeQuoteMakerAggregateStandardsTest is LpStandardsSuite(MakerKind.SpotHedgeQuote, true) {}
