// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC7540Operator} from "../../../src/interfaces/IERC7540.sol";
import {ILpClaimErrors} from "../../../src/interfaces/ILpClaimErrors.sol";
import {IOrderTimes} from "../../../src/interfaces/IOrderTimes.sol";
import {ILpModule} from "../../../src/interfaces/ILpModule.sol";
import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {IMaker} from "../../../src/interfaces/IMaker.sol";
import {LpModule} from "../../../src/makers/lp/LpModule.sol";
import {LpQuotes} from "../../../src/makers/lp/LpQuotes.sol";
import {LpQueue} from "../../../src/makers/lp/LpQueue.sol";
import {LpRequestVault} from "../../../src/makers/lp/LpRequestVault.sol";
import {LpVault} from "../../../src/makers/lp/LpVault.sol";
import {ZeroAddress} from "../../../src/types/Errors.sol";
import {LpRequestVaultTest} from "../../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

abstract contract LpRequestAuthoritySuite is LpRequestVaultTest {
    // -------------------------------------------------------------------------------------------------- operators ----

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
        // The operator needs no allowance.
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
        bytes memory refusal = abi.encodeWithSelector(ILpClaimErrors.NotOperator.selector, carol, dave);
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

    // ------------------------------------------------------------------------------------------------------ owner ----

    function test_T19_OnlyTheRequestVaultSettles() public {
        bytes memory refusal = abi.encodeWithSelector(ILpVault.NotRequestVault.selector, stranger, address(requests));
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        maker.settleDeposit(1, 0);
        vm.expectRevert(refusal);
        maker.settleRedeem(1, 0, false);
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
        requests.setRules(LpQueue.Rules(3, 60, 0));
        vm.expectRevert(notOwner);
        requests.setGateways(new IOrderTimes[](0));
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

    function test_SetRules_RevertIf_Invalid() public {
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(LpQueue.RequestRuleOutOfRange.selector, 0, 1, 1 hours));
        requests.setRules(LpQueue.Rules(0, 60, 0));
        vm.expectRevert(abi.encodeWithSelector(LpQueue.RequestRuleOutOfRange.selector, 0, 1, 60));
        requests.setRules(LpQueue.Rules(3, 0, 0));
        vm.expectRevert(abi.encodeWithSelector(LpQueue.RequestRuleOutOfRange.selector, 1 ether + 1, 0, 1 ether));
        requests.setRules(LpQueue.Rules(3, 60, 1 ether + 1));
        vm.expectRevert(abi.encodeWithSelector(LpQueue.GatewayCountOutOfRange.selector, 0, 1, 8));
        requests.setGateways(new IOrderTimes[](0));
        vm.expectRevert(abi.encodeWithSelector(LpQueue.GatewayCountOutOfRange.selector, 9, 1, 8));
        requests.setGateways(new IOrderTimes[](9));
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
}

/// @dev Another share, to which a request vault does not belong.
contract FreshMaker is LpModule, LpQuotes, ILpModule, IMaker {
    constructor(ILpModule other)
        LpVault("Fresh", "F", msg.sender, other.clearingHouse(), other.marketId(), other.asset())
    {}

    function _totalAssets(Valuation memory) internal pure override returns (int256) {}

    function _needsPrice(Valuation memory, bool) internal pure override returns (bool) {}

    function _needsRequest(Valuation memory, bool) internal pure override returns (bool) {}

    function _isFrozen(Valuation memory) internal pure override returns (bool) {}

    function _checkBookable(Valuation memory, uint256) internal pure override {}

    function _worth(Valuation memory, Payout memory) internal pure override returns (uint256) {}

    function _payableBesides(Valuation memory, uint256) internal pure override returns (uint256) {}

    function _entitlement(Valuation memory, uint256) internal pure override returns (uint256, uint256) {}

    function _payableXCD(Valuation memory) internal pure override returns (uint256) {}

    function _sliceTerms() internal pure override returns (uint256, uint256, uint256) {}

    function _sliceOf(uint256, uint256, uint256) internal pure override returns (uint256, uint256) {}

    function _takeIn(uint256) internal pure override returns (uint256) {}

    function _payOut(Valuation memory, Payout memory, address) internal pure override {}

    function fillOrder(bool, bool, uint256, bytes calldata) external returns (uint256, bytes memory) {}

    function fillOrderCallback(bytes calldata) external {}

    function getUtilRatio() external pure returns (uint256, uint256) {}

    function requiredBand() external pure returns (uint256) {
        return 0;
    }

    function isSpotHedged() external pure returns (bool) {}

    function paysOwnDebt() external pure returns (bool) {}

    function getCapacity() external pure returns (uint256, uint256) {}

    function onPositionForced(int256, int256, uint256) external {}
}

contract OracleMakerRequestAuthorityTest is LpRequestVaultTest(MakerKind.Oracle), LpRequestAuthoritySuite {}

contract SpotHedgeBaseMakerRequestAuthorityTest is
    LpRequestVaultTest(MakerKind.SpotHedgeBase),
    LpRequestAuthoritySuite
{}

contract SpotHedgeQuoteMakerRequestAuthorityTest is
    LpRequestVaultTest(MakerKind.SpotHedgeQuote),
    LpRequestAuthoritySuite
{}
