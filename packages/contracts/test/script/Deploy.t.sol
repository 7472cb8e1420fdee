// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Deploy, DeployConfig, Deployment} from "../../script/Deploy.s.sol";
import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IQuoteVault} from "../../src/interfaces/IQuoteVault.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {SpotHedgeQuoteMaker} from "../../src/makers/SpotHedgeQuoteMaker.sol";
import {QuoteVaultModule} from "../../src/makers/spot-hedge/QuoteVaultModule.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev What the deployment script leaves behind. The script itself is the deployer here.
contract DeployTest is ExchangeTest {
    Deploy private script;
    address private guardian = makeAddr("guardian");

    function setUp() public override {
        super.setUp();
        script = Deploy(deployCode(vm.envOr("DEPLOY_ARTIFACT", string("Deploy.s.sol:Deploy"))));
        vm.deal(address(script), 1 ether);
    }

    // ------------------------------------------------------------------------------------------------ hand-over ----

    /// @dev Without a timelock the owner named has to accept, and the deployer owns until it does.
    function test_HandOver_OwnerAccepts() public {
        Deployment memory e = _deploy(0, 0);
        assertEq(address(e.timelock), address(0));
        Ownable2Step[] memory owned = _owned(e);
        for (uint256 i = 0; i < owned.length; ++i) {
            assertEq(owned[i].owner(), address(script));
            assertEq(owned[i].pendingOwner(), owner());
            vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
            vm.prank(stranger);
            owned[i].acceptOwnership();
            vm.prank(owner());
            owned[i].acceptOwnership();
            assertEq(owned[i].owner(), owner());
            assertEq(owned[i].pendingOwner(), address(0));
        }
    }

    function test_HandOver_NoneWhenTheDeployerIsTheOwner() public {
        DeployConfig memory c = config();
        c.owner = address(script);
        Deployment memory e = script.deploy(c, address(script));
        Ownable2Step[] memory owned = _owned(e);
        for (uint256 i = 0; i < owned.length; ++i) {
            assertEq(owned[i].owner(), address(script));
            assertEq(owned[i].pendingOwner(), address(0));
        }
    }

    function test_HandOver_IncludesTheBreaker() public {
        Deployment memory e = _deploy(0, 1 hours);
        assertEq(_owned(e).length, 7);
        assertEq(e.breaker.pendingOwner(), owner());
        assertEq(address(e.vault.breaker()), address(e.breaker));
    }

    // ------------------------------------------------------------------------------------------------- timelock ----

    function test_Timelock_OwnsEverything() public {
        Deployment memory e = _deploy(2 days, 1 hours);
        assertEq(e.timelock.getMinDelay(), 2 days);
        Ownable2Step[] memory owned = _owned(e);
        assertEq(owned.length, 7);
        for (uint256 i = 0; i < owned.length; ++i) {
            assertEq(owned[i].owner(), address(e.timelock));
            assertEq(owned[i].pendingOwner(), address(0));
        }
    }

    function test_Timelock_RolesAreTheOwnersAlone() public {
        TimelockController timelock = _deploy(2 days, 0).timelock;
        bytes32[4] memory roles = [
            timelock.PROPOSER_ROLE(), timelock.EXECUTOR_ROLE(), timelock.CANCELLER_ROLE(), timelock.DEFAULT_ADMIN_ROLE()
        ];
        for (uint256 i = 0; i < roles.length; ++i) {
            assertFalse(timelock.hasRole(roles[i], address(script)), "the deployer");
            assertFalse(timelock.hasRole(roles[i], guardian), "the guardian");
            assertFalse(timelock.hasRole(roles[i], address(0)), "everybody");
            // Roles change through the timelock itself.
            assertEq(timelock.hasRole(roles[i], owner()), i < 3);
            assertEq(timelock.hasRole(roles[i], address(timelock)), i == 3);
        }
    }

    function test_Timelock_OwnerProposesAndExecutesAfterTheDelay() public {
        Deployment memory e = _deploy(2 days, 0);
        TimelockController timelock = e.timelock;
        bytes memory call_ = abi.encodeCall(IClearingHouse.setGuardian, (stranger));
        address target = address(e.clearingHouse);
        vm.startPrank(owner());
        vm.expectRevert(
            abi.encodeWithSelector(TimelockController.TimelockInsufficientDelay.selector, 2 days - 1, 2 days)
        );
        timelock.schedule(target, 0, call_, 0, 0, 2 days - 1);
        timelock.schedule(target, 0, call_, 0, 0, 2 days);
        skip(2 days - 1);
        bytes memory notReady = abi.encodeWithSelector(
            TimelockController.TimelockUnexpectedOperationState.selector,
            timelock.hashOperation(target, 0, call_, 0, 0),
            bytes32(1 << uint8(TimelockController.OperationState.Ready))
        );
        vm.expectRevert(notReady);
        timelock.execute(target, 0, call_, 0, 0);
        skip(1);
        timelock.execute(target, 0, call_, 0, 0);
        vm.stopPrank();
        assertEq(e.clearingHouse.guardian(), stranger);
    }

    function test_Timelock_RevertIf_StrangerOrDeployerProposes() public {
        Deployment memory e = _deploy(2 days, 0);
        address[3] memory callers = [stranger, guardian, address(script)];
        bytes32 role = e.timelock.PROPOSER_ROLE();
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, callers[i], role)
            );
            vm.prank(callers[i]);
            e.timelock.schedule(address(e.clearingHouse), 0, "", 0, 0, 2 days);
        }
    }

    /// @dev The delay is for the owner: the guardian needs none to tighten, and cannot loosen.
    function test_Timelock_GuardianTightensAtOnce() public {
        Deployment memory e = _deploy(2 days, 0);
        vm.startPrank(guardian);
        e.clearingHouse.setSystemStatus(MarketStatus.Paused);
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingHouse.InvalidStatusChange.selector, guardian, MarketStatus.Paused, MarketStatus.Active
            )
        );
        e.clearingHouse.setSystemStatus(MarketStatus.Active);
        vm.stopPrank();
        assertEq(uint8(e.clearingHouse.statusOf(e.marketId)), uint8(MarketStatus.Paused));
    }

    /// @dev A deployer that is the owner, too, keeps what the owner has and nothing else.
    function test_Timelock_DeployerAsOwner() public {
        DeployConfig memory c = config();
        (c.owner, c.timelockDelay) = (address(script), 2 days);
        TimelockController timelock = script.deploy(c, address(script)).timelock;
        assertTrue(timelock.hasRole(timelock.PROPOSER_ROLE(), address(script)));
        assertTrue(timelock.hasRole(timelock.EXECUTOR_ROLE(), address(script)));
        assertFalse(timelock.hasRole(timelock.DEFAULT_ADMIN_ROLE(), address(script)));
        assertEq(timelock.getMinDelay(), 2 days);
    }

    // ------------------------------------------------------------------------------------------------- exchange ----

    function test_Deploy_GuardianIsSet() public {
        Deployment memory e = _deploy(0, 1 hours);
        assertEq(e.clearingHouse.guardian(), guardian);
        assertEq(e.breaker.guardian(), guardian);
    }

    function test_Deploy_NoBreakerUnlessAskedFor() public {
        Deployment memory e = _deploy(0, 0);
        assertEq(address(e.breaker), address(0));
        assertEq(address(e.vault.breaker()), address(0));
    }

    function test_Deploy_RevertIf_TheBreakersWindowIsTooShort() public {
        DeployConfig memory c = config();
        (c.breakerWindow, c.breakerMaxOutflow) = (59, 100_000);
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.WindowOutOfRange.selector, 59, 60, 30 days));
        script.deploy(c, address(script));
    }

    /// @dev An hour's limits: a tenth of the collateral, a twentieth of the base. Whatever is over them stays.
    function test_Deploy_BreakerLimitsCollateralAndBase() public {
        DeployConfig memory c = config();
        (c.owner, c.breakerWindow, c.breakerMaxOutflow, c.breakerMaxBaseOutflow) =
        (address(script), 1 hours, 100_000, 50_000);
        Deployment memory e = script.deploy(c, address(script));
        _checkLimit(e, c.collateral, address(e.vault), 100_000);
        _checkLimit(e, c.base, address(e.spotHedgeBaseMaker), 50_000);

        weth.mint(lp, 100e18);
        vm.startPrank(lp);
        weth.approve(address(e.spotHedgeBaseMaker), 100e18);
        e.spotHedgeBaseMaker.deposit(100e18);
        // What came in during a window may leave in it; the next one measures it.
        skip(1 hours + 1);
        uint256 shares = e.spotHedgeBaseMaker.totalSupply();
        vm.expectRevert(
            abi.encodeWithSelector(
                ICircuitBreaker.OutflowLimitExceeded.selector, weth, 6e18, 5e18, timestamp() + 1 hours
            )
        );
        e.spotHedgeBaseMaker.withdraw(shares * 6 / 100);
        assertEq(e.spotHedgeBaseMaker.withdraw(shares * 5 / 100), 5e18);
        vm.stopPrank();
    }

    function test_Deploy_BreakerLimitsWhatIsNamedOnly() public {
        DeployConfig memory c = config();
        (c.breakerWindow, c.breakerMaxBaseOutflow) = (1 hours, 50_000);
        Deployment memory e = script.deploy(c, address(script));
        assertEq(e.breaker.limitOf(c.collateral).window, 0);
        _checkLimit(e, c.base, address(e.spotHedgeBaseMaker), 50_000);
    }

    function test_Deploy_BreakerCountsTheBaseOfBothHedgedVaults() public {
        DeployConfig memory c = config();
        (c.breakerWindow, c.breakerMaxOutflow, c.breakerMaxBaseOutflow) = (1 hours, 100_000, 50_000);
        c.spotHedgeQuoteMaker = script.readConfig(_json(QUOTE_VAULT)).spotHedgeQuoteMaker;
        Deployment memory e = script.deploy(c, address(script));
        address[] memory holders = e.breaker.holdersOf(c.base);
        assertEq(holders.length, 2);
        assertEq(holders[0], address(e.spotHedgeBaseMaker));
        assertEq(holders[1], address(e.spotHedgeQuoteMaker));
        holders = e.breaker.holdersOf(c.collateral);
        assertEq(holders[0], address(e.vault));
        assertEq(holders[1], address(e.spotHedgeQuoteMaker));
    }

    function test_Deploy_RevertIf_BreakerLimitsHaveNoWindow() public {
        DeployConfig memory c = config();
        (c.breakerMaxOutflow, c.breakerMaxBaseOutflow) = (0, 50_000);
        vm.expectRevert(abi.encodeWithSelector(Deploy.LimitsWithoutWindow.selector, 0, 50_000));
        script.deploy(c, address(script));
        (c.breakerMaxOutflow, c.breakerMaxBaseOutflow) = (100_000, 0);
        vm.expectRevert(abi.encodeWithSelector(Deploy.LimitsWithoutWindow.selector, 100_000, 0));
        script.deploy(c, address(script));
    }

    function test_Deploy_PartsKnowEachOther() public {
        Deployment memory e = _deploy(2 days, 1 hours);
        assertEq(e.vault.clearingHouse(), address(e.clearingHouse));
        assertEq(e.vault.backstop(), address(e.backstop));
        assertEq(address(e.vault.oracle()), address(e.oracle));
        assertEq(address(e.clearingHouse.vault()), address(e.vault));
        assertEq(address(e.clearingHouse.backstop()), address(e.backstop));
        assertEq(address(e.backstop.vault()), address(e.vault));
        assertEq(address(e.backstop.clearingHouse()), address(e.clearingHouse));
        assertTrue(e.oracle.isExecutor(address(e.orderGateway)));
        assertTrue(e.oracleMaker.isValidSender(address(e.orderGateway)));
        address[] memory makers = e.clearingHouse.makersOf(e.marketId);
        assertEq(makers.length, 2);
        assertEq(makers[0], address(e.oracleMaker));
        assertEq(makers[1], address(e.spotHedgeBaseMaker));
        assertEq(uint8(e.clearingHouse.statusOf(e.marketId)), uint8(MarketStatus.Active));
        assertEq(address(e.oracle).balance, 1000);
    }

    /// @dev A vault of quote is a maker like the others, an executor for its deleveraging, and metered.
    function test_Deploy_WithAQuoteVault() public {
        DeployConfig memory c = config();
        c.spotHedgeQuoteMaker = script.readConfig(_json(QUOTE_VAULT)).spotHedgeQuoteMaker;
        (c.breakerWindow, c.breakerMaxOutflow) = (1 hours, 100_000);
        c.timelockDelay = 2 days;
        Deployment memory e = script.deploy(c, address(script));
        SpotHedgeQuoteMaker maker = e.spotHedgeQuoteMaker;
        assertEq(e.clearingHouse.makersOf(e.marketId)[2], address(maker));
        assertEq(address(maker.asset()), address(usd));
        assertEq(address(maker.baseToken()), address(weth));
        assertEq(maker.owner(), address(e.timelock));
        assertEq(maker.requestVault(), address(e.spotHedgeQuoteMakerRequestVault));
        assertEq(e.spotHedgeQuoteMakerRequestVault.owner(), address(e.timelock));
        assertTrue(e.oracle.isExecutor(address(maker)));
        assertTrue(e.oracle.isExecutor(address(e.spotHedgeQuoteMakerRequestVault)));
        assertTrue(e.oracleMaker.isValidSender(address(maker)));
        assertTrue(maker.isWhitelistLp(lp));
        assertTrue(e.breaker.isProtected(address(maker)));
        assertEq(e.breaker.holdersOf(address(usd)).length, 2);
        assertEq(maker.lpRules().depositCap, 9e12);
        IQuoteVault.QuoteRules memory rules =
            IQuoteVault.QuoteRules(500_000, 400_000, 50_000, 150_000, 5_000, 100, 5e6, 30, 3, 10, 60);
        assertEq(abi.encode(maker.quoteRules()), abi.encode(rules));
    }

    function test_RevertIf_ModuleOfAnotherExchange() public {
        DeployConfig memory c = config();
        c.spotHedgeQuoteMaker = script.readConfig(_json(QUOTE_VAULT)).spotHedgeQuoteMaker;
        Deployment memory e = script.deploy(c, address(script));
        Deployment memory other = script.deploy(c, address(script));
        QuoteVaultModule module_ = QuoteVaultModule(address(other.spotHedgeQuoteMaker.lpModule()));
        ISpotHedgeVault.Parameters memory p = e.spotHedgeQuoteMaker.parameters();
        IQuoteVault.QuoteRules memory rules = e.spotHedgeQuoteMaker.quoteRules();
        vm.expectRevert(abi.encodeWithSelector(SpotHedgeQuoteMaker.ModuleMismatch.selector, module_));
        new SpotHedgeQuoteMaker("", "", owner(), e.clearingHouse, e.marketId, IERC20(address(weth)), p, rules, module_);
    }

    // ----------------------------------------------------------------------------------------------------- JSON ----

    string private constant QUOTE_VAULT = string.concat(
        '},"spotHedgeQuoteMaker":{"maxHedgeDeviation":20000,"minMarginRatio":200000,"spread":0,',
        '"targetMarginRatio":500000,"reserveRatio":400000,"rebalanceBand":50000,"deleverageRatio":150000,',
        '"maxDeleverageDeviation":5000,"keeperFeeRatio":100,"maxKeeperFee":"5000000","keeperInterval":30,',
        '"depositCap":"9000000000000"'
    );

    function test_ReadConfig_Defaults() public view {
        DeployConfig memory c = script.readConfig(_json(""));
        assertEq(c.owner, address(0xA1));
        assertEq(c.collateral, address(0xA2));
        assertEq(c.base, address(0xA3));
        assertEq(c.baseSymbol, "ETH");
        assertEq(c.pyth, address(0xA4));
        assertEq(c.feed.pythId, bytes32(uint256(7)));
        assertEq(c.feed.maxAge, 61);
        assertEq(c.feed.maxExecutionAge, 62);
        assertEq(c.feed.maxLiquidationAge, 61);
        assertEq(c.feed.aggregator, address(0));
        assertTrue(c.sealOracle);
        assertEq(c.market.initialMarginRatio, 100_000);
        assertEq(c.market.maintenanceMarginRatio, 62_500);
        assertEq(c.market.feeIndexDecimals, 14);
        assertEq(c.market.rules.priceBand, 50_000);
        assertEq(c.market.rules.tradingFee, 0);
        assertEq(c.market.rules.liquidationPenalty, 25_000);
        assertEq(c.market.rules.liquidatorShare, 500_000);
        assertEq(c.market.rules.minPositionValue, 10e18);
        assertEq(c.market.rules.liquidationBounty, 5e18);
        assertEq(c.market.rules.deleverageWindow, 1 hours);
        assertEq(c.market.rules.settlementDelay, 3 days);
        assertEq(c.funding.maxRate, 0);
        assertEq(c.funding.maxVelocity, 0);
        assertEq(c.funding.skewScale, 0);
        assertEq(c.maxBorrowingRate, 0);
        assertEq(c.guardian, address(0));
        assertEq(c.timelockDelay, 0);
        assertEq(c.breakerWindow, 0);
        assertEq(c.breakerMaxOutflow, 0);
        assertEq(c.breakerMaxBaseOutflow, 0);
        assertEq(c.rules.delay, 3);
        assertEq(c.rules.priceWindow, 10);
        assertEq(c.rules.validity, 60);
        assertEq(c.rules.minKeeperFee, 1e14);
        assertEq(c.oracleMaker.maxSpread, 10_000);
        assertEq(c.oracleMaker.minMarginRatio, 100_001);
        assertEq(c.oracleMaker.maxAbsPosition, 500e18);
        assertEq(c.oracleMaker.lpFee, 0);
        assertEq(c.oracleMaker.confidenceFactor, 0);
        assertEq(c.oracleMaker.maxConfidencePremium, 0);
        assertEq(c.spot.uniswapV3Factory, address(0xA5));
        assertEq(c.spot.pools.length, 1);
        assertEq(c.spot.pools[0].token, address(0xA2));
        assertEq(c.spot.pools[0].fee, 500);
        assertEq(c.maxHedgeDeviation, 20_000);
        assertEq(c.hedgeMinMarginRatio, 500_000);
        assertEq(c.hedgeSpread, 5);
        assertEq(c.hedgeMaxCarry, 0);
        assertEq(c.whitelistLps.length, 1);
        assertEq(c.whitelistLps[0], address(0xA6));
        assertEq(c.oracleFloat, 1000);
    }

    function test_ReadConfig_EverythingOptional() public view {
        DeployConfig memory c = script.readConfig(
            _json(
                string.concat(
                    ',"tradingFee":500,"liquidationPenalty":1,"liquidatorShare":2,"minPositionValue":"3",',
                    '"liquidationBounty":"4","deleverageWindow":5,"settlementDelay":86400},',
                    '"funding":{"maxRate":"6","maxVelocity":"7","skewScale":"8"},"maxBorrowingRate":"9",',
                    '"guardian":"0x00000000000000000000000000000000000000a7","timelockDelay":10,',
                    '"breakerWindow":3600,"breakerMaxOutflow":250000,"breakerMaxBaseOutflow":150000,"ignored":{"n":1'
                ),
                ',"lpFee":11,"confidenceFactor":12,"maxConfidencePremium":13'
            )
        );
        assertEq(c.market.rules.tradingFee, 500);
        assertEq(c.market.rules.liquidationPenalty, 1);
        assertEq(c.market.rules.liquidatorShare, 2);
        assertEq(c.market.rules.minPositionValue, 3);
        assertEq(c.market.rules.liquidationBounty, 4);
        assertEq(c.market.rules.deleverageWindow, 5);
        assertEq(c.market.rules.settlementDelay, 1 days);
        assertEq(c.funding.maxRate, 6);
        assertEq(c.funding.maxVelocity, 7);
        assertEq(c.funding.skewScale, 8);
        assertEq(c.maxBorrowingRate, 9);
        assertEq(c.guardian, address(0xA7));
        assertEq(c.timelockDelay, 10);
        assertEq(c.breakerWindow, 3600);
        assertEq(c.breakerMaxOutflow, 250_000);
        assertEq(c.oracleMaker.lpFee, 11);
        assertEq(c.oracleMaker.confidenceFactor, 12);
        assertEq(c.oracleMaker.maxConfidencePremium, 13);
        assertEq(c.breakerMaxBaseOutflow, 150_000);
    }

    // -------------------------------------------------------------------------------------------------- helpers ----

    function _checkLimit(Deployment memory e, address asset, address holder, uint24 maxOutflow) private view {
        assertTrue(e.breaker.isProtected(holder));
        address[] memory holders = e.breaker.holdersOf(asset);
        assertEq(holders.length, 1);
        assertEq(holders[0], holder);
        assertEq(e.breaker.limitOf(asset).window, 1 hours);
        assertEq(e.breaker.limitOf(asset).maxOutflow, maxOutflow);
        assertEq(e.breaker.limitOf(asset).minimum, 0);
    }

    function _deploy(uint256 timelockDelay, uint24 breakerWindow) private returns (Deployment memory) {
        DeployConfig memory c = config();
        c.guardian = guardian;
        c.timelockDelay = timelockDelay;
        if (breakerWindow != 0) (c.breakerWindow, c.breakerMaxOutflow) = (breakerWindow, 100_000);
        return script.deploy(c, address(script));
    }

    function _owned(Deployment memory e) private pure returns (Ownable2Step[] memory owned) {
        bool hasBreaker = address(e.breaker) != address(0);
        owned = new Ownable2Step[](hasBreaker ? 7 : 6);
        owned[0] = e.oracle;
        owned[1] = e.clearingHouse;
        owned[2] = e.orderGateway;
        owned[3] = e.oracleMaker;
        owned[4] = e.spotHedgeBaseMaker;
        owned[5] = e.signedOrderGateway;
        if (hasBreaker) owned[6] = e.breaker;
    }

    /// @dev All that a configuration has to say, with `more` at the end of `market`.
    function _json(string memory more) private pure returns (string memory) {
        return _json(more, "");
    }

    /// @dev `charges` at the end of `oracleMaker`.
    function _json(string memory more, string memory charges) private pure returns (string memory) {
        return string.concat(
            '{"owner":"0x00000000000000000000000000000000000000a1",',
            '"collateral":"0x00000000000000000000000000000000000000a2",',
            '"base":"0x00000000000000000000000000000000000000a3","baseSymbol":"ETH",',
            '"pyth":"0x00000000000000000000000000000000000000a4",',
            '"feed":{"pythId":"0x0000000000000000000000000000000000000000000000000000000000000007",',
            '"maxAge":61,"maxExecutionAge":62,"floatFee":1},',
            '"rules":{"delay":3,"priceWindow":10,"validity":60,"minKeeperFee":"100000000000000"},',
            '"oracleMaker":{"maxSpread":10000,"minMarginRatio":100001,"maxAbsPosition":"500000000000000000000"',
            charges,
            "},",
            '"spotHedgeBaseMaker":{"spot":{"uniswapV3Factory":"0x00000000000000000000000000000000000000a5",',
            '"pools":[{"fee":500}]},"maxHedgeDeviation":20000,"minMarginRatio":500000,"spread":5},',
            '"whitelistLps":["0x00000000000000000000000000000000000000a6"],"oracleFloat":1000,',
            '"market":{"initialMarginRatio":100000,"maintenanceMarginRatio":62500,"priceBand":50000,',
            '"feeIndexDecimals":14',
            more,
            "}}"
        );
    }
}
