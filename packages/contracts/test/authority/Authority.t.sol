// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
import {IClearingHouse, MarketParams} from "../../src/interfaces/IClearingHouse.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {FillTerms, IVault} from "../../src/interfaces/IVault.sol";
import {OracleMaker} from "../../src/makers/OracleMaker.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {SpotHedgeBaseMaker} from "../../src/makers/SpotHedgeBaseMaker.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {Base, Price, Quote} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev T19: every guarded function, called by a stranger.
contract AuthorityTest is ExchangeTest {
    bytes private notOwner;

    function setUp() public override {
        super.setUp();
        notOwner = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger);
        vm.startPrank(stranger);
    }

    function test_T19_ClearingHouse() public {
        MarketParams memory params = config().market;
        vm.startPrank(stranger);
        vm.expectRevert(notOwner);
        house.createMarket(params);
        vm.expectRevert(notOwner);
        house.registerMaker(address(om));
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingHouse.StatusNotAllowed.selector, stranger, MarketStatus.Active, MarketStatus.Paused
            )
        );
        house.setMarketStatus(market, MarketStatus.Paused);
        _checkOwnership(address(house));
    }

    function test_T19_Vault() public {
        bytes memory refusal = abi.encodeWithSelector(IVault.NotClearingHouse.selector, stranger, address(house));
        vm.expectRevert(refusal);
        vault.createMarket(2, 100_000, 62_500, 14);
        vm.expectRevert(refusal);
        vault.openFill(market, stranger, address(om), stranger, Price.wrap(1));
        vm.expectRevert(refusal);
        vault.settleFill(FillTerms(market, stranger, address(om), Base.wrap(1), Quote.wrap(0), Price.wrap(1), 0, false));
        vm.expectRevert(refusal);
        vault.closeFill();
        bytes memory notAlices = abi.encodeWithSelector(IVault.NotAuthorized.selector, alice, stranger);
        vm.expectRevert(notAlices);
        vault.transferFundToMargin(market, alice, 1);
        vm.expectRevert(notAlices);
        vault.transferMarginToFund(market, alice, 1);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientFund.selector, 1, 0));
        vault.withdraw(1, stranger);
        vm.expectRevert(abi.encodeWithSelector(IVault.NoFillWindow.selector, stranger, 0));
        vault.draw(1, stranger);
        vm.expectRevert(abi.encodeWithSelector(IVault.NotLockHolder.selector, stranger, address(0)));
        vault.unlock();
    }

    function test_T19_PythOracle() public {
        vm.expectRevert(notOwner);
        oracle.setFeed(2, plainFeed(FEED));
        vm.expectRevert(notOwner);
        oracle.proposeFeed(market, plainFeed(FEED));
        vm.expectRevert(notOwner);
        oracle.cancelFeed(market);
        vm.expectRevert(notOwner);
        oracle.seal();
        vm.expectRevert(notOwner);
        oracle.setExecutor(stranger, true);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NotExecutor.selector, stranger));
        oracle.beginExecution(market, new bytes[](0), 0, 0);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NotExecutor.selector, stranger));
        oracle.endExecution();
        _checkOwnership(address(oracle));
    }

    function test_T19_OrderGateway() public {
        vm.expectRevert(notOwner);
        gateway.setRules(market, OrderGateway.Rules(3, 10, 60, 0));
        _checkOwnership(address(gateway));
    }

    function test_T19_OracleMaker() public {
        vm.expectRevert(notOwner);
        om.setParameters(OracleMaker.Parameters(10_000, 100_000, 1e18));
        vm.expectRevert(notOwner);
        om.setValidSender(stranger, true);
        vm.expectRevert(notOwner);
        om.setWhitelistLp(stranger, true);
        _checkMaker(om);
        _checkOwnership(address(om));
    }

    function test_T19_SpotHedgeBaseMaker() public {
        SpotHedgeBaseMaker.Parameters memory p = shb.parameters();
        vm.expectRevert(notOwner);
        shb.setParameters(p);
        vm.expectRevert(notOwner);
        shb.setWhitelistLp(stranger, true);
        vm.expectRevert(abi.encodeWithSelector(SpotHedgeBaseMaker.NotAdapter.selector, stranger, address(p.adapter)));
        shb.paySpotSwap(true, 1, stranger);
        _checkMaker(shb);
        _checkOwnership(address(shb));
    }

    /// @dev Ownership passes in two steps, and in no other way.
    function _checkOwnership(address target) private {
        vm.expectRevert(notOwner);
        Ownable(target).transferOwnership(stranger);
        vm.expectRevert(notOwner);
        Ownable(target).renounceOwnership();
        (bool accepted,) = target.call(abi.encodeWithSignature("acceptOwnership()"));
        assertFalse(accepted);
        assertEq(Ownable(target).owner(), makeAddr("owner"));
    }

    function _checkMaker(IMaker maker) private {
        bytes memory refusal = abi.encodeWithSelector(IMaker.NotClearingHouse.selector, stranger, address(house));
        vm.expectRevert(refusal);
        maker.fillOrder(true, true, 1e18, "");
        vm.expectRevert(refusal);
        maker.fillOrderCallback("");
    }
}
